// <load-progress>: while the worker is at a file, it asks for the page again and shows it anew once
// the work has gone on: soon at first, since most files are small. Without it the link inside leads
// to the same.
const FIRST = 250; // milliseconds before the first look
const LONGEST = 2000; // and between two looks, as they grow

customElements.define(
  "load-progress",
  class extends HTMLElement {
    connectedCallback() {
      this.pause = FIRST;
      this.wait();
    }

    wait() {
      this.waiting = setTimeout(() => this.look(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST);
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
      this.wait();
    }
  },
);
