export { type BuiltConsole, consoleTexts, loadConsole, thirdPartyNotices } from './built-console.ts';
