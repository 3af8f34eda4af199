export {
  type BuiltConsole,
  CONSOLE_LOCALES,
  type ConsoleLocale,
  type ConsoleName,
  consoleTexts,
  loadConsole,
  thirdPartyNotices,
} from './built-console.ts';
