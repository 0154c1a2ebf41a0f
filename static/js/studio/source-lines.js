// <source-lines>: follows a finding to its line in the text that stands in it.
const toLine = (text, number) => {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (number - 4) * height);
};

const goToLine = (root, text) =>
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    toLine(text, Number(link.dataset.line));
  });

customElements.define(
  "source-lines",
  class extends HTMLElement {
    connectedCallback() {
      goToLine(document, this.querySelector("textarea"));
    }
  },
);
