// Runs before the first paint, so that neither theme nor sidebar flickers.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  window.applyTheme = (choice) => {
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    document.dispatchEvent(new Event("theme:changed"));
  };
  window.applyTheme(root.dataset.theme || "light");
  dark.addEventListener("change", () => root.dataset.themeChoice === "system" && window.applyTheme("system"));
  try {
    root.dataset.side = localStorage.getItem("side") || "wide";
  } catch {
    root.dataset.side = "wide";
  }
})();
