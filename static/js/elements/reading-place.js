// <reading-place>: tells the server now and then which paragraph was read last, so that another
// device can go on there. Small and seldom: never twice within PAUSE, and nothing before the
// reader has moved. What is not sent is lost without harm, so nothing is said about it.
const PAUSE = 20500; // milliseconds; the server keeps no second place within 20 seconds
const SETTLED = 4000; // milliseconds on a paragraph before it counts as read

customElements.define(
  "reading-place",
  class extends HTMLElement {
    connectedCallback() {
      this.blocks = [...document.querySelectorAll(".prose [id^='b-']")];
      this.sent = this.place();
      this.at = -PAUSE;
      this.note = () => {
        clearTimeout(this.timer);
        const wait = Math.max(SETTLED, this.at + PAUSE - performance.now());
        this.timer = setTimeout(() => this.send(), wait);
      };
      this.leave = () => document.visibilityState === "hidden" && this.send();
      document.addEventListener("scroll", this.note, { passive: true });
      document.addEventListener("visibilitychange", this.leave);
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      document.removeEventListener("scroll", this.note);
      document.removeEventListener("visibilitychange", this.leave);
    }

    // The last block that begins in the upper two thirds of the window.
    place() {
      const line = (window.innerHeight * 2) / 3;
      return this.blocks.findLast((block) => block.getBoundingClientRect().top < line)?.id;
    }

    send() {
      const block = this.place();
      if (!block || block === this.sent || performance.now() - this.at < PAUSE) return;
      this.sent = block;
      this.at = performance.now();
      const body = new URLSearchParams({ block, opened: Math.round(this.at / 1000) });
      const reader = document.querySelector("[name=made-for]");
      if (reader) body.set(reader.name, reader.value);
      fetch(this.dataset.action, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  },
);
