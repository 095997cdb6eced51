/** Help for somebody who is here for the first time: what there is to do before how it can be varied. */
import type { Command, Help, Option } from 'commander';
import { wrap } from './typography.ts';

const WIDTH_WITHOUT_TERMINAL = 80;
const INDENT = '  ';

/** In place of commander's own order: commands, then options. */
export function formatHelp(command: Command, help: Help): string {
  const width = help.helpWidth ?? WIDTH_WITHOUT_TERMINAL;
  const termWidth = help.padWidth(command, help);
  const item = (term: string, what: string) => help.formatItem(term, termWidth, what, help);
  const options = help.groupItems(
    [...command.options],
    help.visibleOptions(command),
    (option) => option.helpGroupHeading ?? 'Options:',
  );
  const commands = help.groupItems(
    [...command.commands],
    help.visibleCommands(command),
    (each) => each.helpGroup() || 'Commands:',
  );
  return [
    `Usage: ${help.commandUsage(command)}`,
    '',
    help.boxWrap(help.commandDescription(command), width),
    '',
    ...[...commands].flatMap(([group, each]) =>
      help.formatItemList(
        group,
        each.map((one) => item(help.subcommandTerm(one), help.subcommandDescription(one))),
        help,
      ),
    ),
    ...[...options].flatMap(([group, each]) =>
      help.formatItemList(
        group,
        each.map((one) => item(help.optionTerm(one), help.optionDescription(one))),
        help,
      ),
    ),
    ...everywhere(help.visibleGlobalOptions(command), width),
  ].join('\n');
}

/** The options of every command, by their names: they are explained once. */
function everywhere(options: readonly Option[], width: number): string[] {
  if (options.length === 0) return [];
  const names = wrap(options.map((option) => option.long ?? option.flags).join(' '), width - INDENT.length);
  return [
    'Options of every command (`stepwise --help` explains them):',
    ...names.map((line) => INDENT + line),
    '',
  ];
}
