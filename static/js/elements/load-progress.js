// <load-progress>: while the worker is at a file, it asks for the page again and shows it anew once
// the work has gone on. Without it the link inside leads to the same.
const WAIT = 1500; // milliseconds between two looks

customElements.define(
  "load-progress",
  class extends HTMLElement {
    connectedCallback() {
      this.waiting = setTimeout(() => this.look(), WAIT);
    }

    disconnectedCallback() {
      clearTimeout(this.waiting);
    }

    async look() {
      const answer = await fetch(location.href).catch(() => null);
      const found = answer?.ok
        ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("load-progress")
        : this;
      if (!found) {
        location.reload();
        return;
      }
      const [now, then] = [found, this].map((each) => each.querySelector("p"));
      if (now.textContent !== then.textContent) then.textContent = now.textContent;
      this.waiting = setTimeout(() => this.look(), WAIT);
    }
  },
);
