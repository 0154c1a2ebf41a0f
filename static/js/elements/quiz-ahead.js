// <quiz-ahead>: where one question stands on a page, it fetches the others of the attempt while the
// line is good, so that a learner whose line is lost can go on and back. Questions that were shown
// stay in the form, hidden, so that their answers are saved as those of any page are. Every word it
// says stands in its attributes.
const CALM = 1500; // milliseconds after the page came, so that it delays nothing
const QUESTION = /[?&]question=(\d+)$/;

customElements.define(
  "quiz-ahead",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      this.answers = this.closest("quiz-answers");
      this.fetching = setTimeout(() => this.fetchAll(), CALM);
      const goOn = (event) => this.isLost && this.turn(event, this.at + 1);
      this.form.addEventListener("submit", goOn, { capture: true }); // before the form is held
      document.addEventListener("click", (event) => {
        const found = event.target.closest?.(".dots a")?.getAttribute("href").match(QUESTION);
        if (found && this.isLost) this.turn(event, Number(found[1]));
      });
    }

    get at() {
      return Number(this.form.elements.question.value);
    }

    // A line is lost too where the device does not know it but a save has failed.
    get isLost() {
      return !navigator.onLine || (this.answers.hasFailed && this.answers.waiting.length > 0);
    }

    async fetchAll() {
      try {
        const answer = await fetch("?view=all");
        if (answer.ok && !answer.redirected) {
          this.others = new DOMParser().parseFromString(await answer.text(), "text/html");
          this.answers.dataset.lost = this.dataset.lost;
          this.dataset.ready = "";
        }
      } catch {
        this.fetching = null; // without a line, only the question that is here can be answered
      }
    }

    turn(event, position) {
      event.preventDefault();
      const here = this.form.querySelector(`#question-${this.at}`);
      const shown = this.form.querySelector(`#question-${position}`);
      const fetched = shown ? null : this.others?.getElementById(`question-${position}`);
      const isEnd = !document.querySelector(`.dots a[href$="question=${position}"]`);
      this.textContent = isEnd ? this.dataset.end : "";
      if (!shown && !fetched) return;
      this.answers.save(this.answers.typing);
      const next = shown ?? document.adoptNode(fetched);
      if (!shown) here.after(next);
      here.hidden = true;
      next.hidden = false;
      this.form.elements.question.value = position;
      history.replaceState(null, "", `?question=${position}`);
      this.tell(next, position);
    }

    tell(next, position) {
      for (const sign of document.querySelectorAll(".dots a")) {
        const isHere = sign.href.endsWith(`question=${position}`);
        const own = this.others?.querySelector(`.dots a[href$="${sign.search}"]`);
        if (sign.hasAttribute("aria-current") && own) sign.replaceWith(own.cloneNode(true));
        if (!isHere) continue;
        sign.setAttribute("aria-current", "step");
        sign.setAttribute("aria-label", this.dataset.here.replace("#", position));
        sign.querySelector("use").setAttribute("href", "#sign-testhere");
      }
      const count = document.querySelectorAll(".dots a").length;
      const words = this.dataset.of.replace("#1", position).replace("#2", count);
      document.getElementById("standing").textContent = words;
      next.tabIndex = -1;
      next.focus();
    }
  },
);
