// Stands in for MathJax: Voila loads it, 0.9 MB in 15 files, for every page, and this one shows no formula.
(() => {
  const nothing = () => {};
  window.MathJax = { Hub: { Config: nothing, Configured: nothing, Queue: nothing, Register: { StartupHook: nothing } } };
})();
