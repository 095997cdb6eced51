/// <reference types="vite/client" />
/** The default theme with the letters of the reader's own system: nothing is fetched from elsewhere, and little from here. */
import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
