// Runs before the first paint, on every page: the chosen theme without a flash, and what plain
// pages need from a script. The live pages have the rest in WebAssembly.
(() => {
  const root = document.documentElement;
  const remembered = (key, value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  root.classList.add("js");
  const chosen = remembered("stoa.theme");
  if (chosen) root.dataset.theme = chosen;

  addEventListener("click", (click) => {
    if (click.target.closest("[data-theme-switch]")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      remembered("stoa.theme", root.dataset.theme);
    }
    // A menu closes when something beside it is pressed.
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(click.target)) menu.open = false;
    }
  });

  addEventListener("DOMContentLoaded", () => {
    if (!document.body.classList.contains("plain")) return;
    for (const time of document.querySelectorAll("time[data-style]")) {
      const style = time.dataset.style === "date" ? { dateStyle: "long" } : { dateStyle: "long", timeStyle: "short" };
      time.textContent = new Date(time.dateTime).toLocaleString(root.lang, style);
    }
    // The set-up token stands in the link's fragment; it outlives a form that failed, in this tab.
    const field = document.querySelector("[data-token]");
    if (field) {
      const token = location.hash.replace(/^#(token=)?/, "") || sessionStorage.getItem("stoa.setup");
      if (token) {
        sessionStorage.setItem("stoa.setup", token);
        field.querySelector("input").value = token;
        field.hidden = true;
      }
    }
  });
})();
