import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './contract/connect.ts';
import { openApp } from './state/app.svelte.ts';
import './style/tokens.css';
import './style/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no place for the application');
mount(App, { target, props: { opening: connect().then(openApp) } });
