// <quiz-time>: keeps the time that is left in view, and says it aloud when 5 minutes and when 1
// minute are left, and at the end. The server keeps the time; this only tells it.
const MINUTE = 60;

customElements.define(
  "quiz-time",
  class extends HTMLElement {
    connectedCallback() {
      const end = Date.now() + Number(this.dataset.seconds) * 1000;
      const [shown, speech] = this.children;
      const unit = { style: "unit", unit: "minute", unitDisplay: "long" };
      const minutes = new Intl.NumberFormat(document.documentElement.lang, unit);
      const due = [
        [5 * MINUTE, this.dataset.five],
        [MINUTE, this.dataset.one],
        [0, this.dataset.over],
      ];
      let before = Number(this.dataset.seconds);
      const tell = () => {
        const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
        const words = minutes.format(Math.ceil(left / MINUTE));
        shown.textContent = this.dataset.left.replace("#", words);
        for (const [limit, said] of due) {
          if (before > limit && left <= limit) speech.textContent = said;
        }
        this.classList.toggle("is-short", left <= 5 * MINUTE);
        before = left;
        if (!left) {
          speech.classList.remove("sr");
          shown.textContent = "";
          clearInterval(ticking);
        }
      };
      const ticking = setInterval(tell, 1000);
    }
  },
);
