/** PatternFly's class for dark colours; the browser's preference decides. */
const DARK = 'pf-v5-theme-dark';

/** Follows the colour scheme that the person prefers, also when it changes. */
export function followColorScheme(): void {
  const preference = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.documentElement.classList.toggle(DARK, preference.matches);
  };
  preference.addEventListener('change', apply);
  apply();
}
