// Runs before the first paint so that a chosen theme never flashes the other one.
try {
  const ui = JSON.parse(localStorage.getItem('weald.ui') || '{}').state || {};
  if (ui.theme === 'light' || ui.theme === 'dark') document.documentElement.dataset.theme = ui.theme;
} catch {
  // Storage may be closed to us; the system's theme applies.
}
