// <quiz-answers>: saves each answer at once, one after the other, at the address of its form. What
// cannot be sent waits on this device, in order, and is tried again until it is there, from this page
// or a later one of the attempt. It hands nothing in by itself; its words stand in its attributes.
const PAUSES = [1, 2, 5, 10, 20]; // seconds before another try, the last one again and again
const TYPING = 800; // milliseconds without a key before what is typed is saved
const PATIENCE = 3000; // milliseconds that a form waits for a save that is on its way
const SLOW = 1000; // milliseconds before it is said that something is being saved

const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

customElements.define(
  "quiz-answers",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.notice = this.querySelector("[role=status]");
      this.waiting = []; // saves not acknowledged yet; the first may be on its way, with its body
      this.own = new Map(); // the revision of what this page saved, by position
      this.name = String(Math.random());
      this.names = new Set([this.name]); // the pages for which this one keeps what waits
      this.form.addEventListener("change", (event) => this.save(event.target));
      this.form.addEventListener("input", (event) => this.saveLater(event.target));
      this.form.addEventListener("submit", (event) => this.hold(event));
      window.addEventListener("online", () => this.wake?.());
      window.addEventListener("pageshow", () => (this.isHeld = false));
      document.addEventListener("visibilitychange", () => this.save(this.typing));
      this.replay();
    }

    // What an earlier page of this attempt could not send comes first. Where that changed anything,
    // the page is older than what is saved, so it is shown anew.
    replay() {
      const key = this.dataset.attempt;
      if (sessionStorage.getItem(`${key}/replayed`)) {
        sessionStorage.removeItem(`${key}/replayed`);
        this.say(this.dataset.replayed);
      }
      const kept = this.kept();
      if (!kept.length) return;
      for (const [, , name] of kept) this.names.add(name);
      this.waiting = kept.map(([position, body]) => ({ position, body: new URLSearchParams(body) }));
      this.before = Number(this.form.elements.revision.value);
      this.goOn();
    }

    goOn() {
      this.working ??= this.work().finally(() => (this.working = null));
    }

    kept() {
      return JSON.parse(localStorage.getItem(this.dataset.attempt) ?? "[]");
    }

    // The answers that wait, as they stand now: whoever opens the attempt next sends them. Those of
    // other pages that are open wait beside them.
    keep() {
      const own = ({ position, body }) => [position, `${body ?? this.bodyOf(position)}`, this.name];
      const others = this.kept().filter(([, , name]) => !this.names.has(name));
      const kept = [...others, ...this.waiting.map(own)];
      try {
        if (kept.length) localStorage.setItem(this.dataset.attempt, JSON.stringify(kept));
        else localStorage.removeItem(this.dataset.attempt);
      } catch {
        // No room on this device: the page itself still holds them.
      }
    }

    saveLater(field) {
      if (field.localName !== "input" || field.type !== "text") return;
      clearTimeout(this.timer);
      this.typing = field;
      this.timer = setTimeout(() => this.save(field), TYPING);
    }

    save(field) {
      const position = field?.name.split("-")[1];
      if (!position) return;
      clearTimeout(this.timer);
      this.typing = null;
      // One that has no body yet will take what the page then shows.
      if (!this.waiting.some((save) => save.position === position && !save.body)) {
        this.waiting.push({ position });
      }
      this.keep();
      this.goOn();
    }

    async work() {
      for (let tries = 0; this.waiting.length; ) {
        const save = this.waiting[0];
        save.body ??= this.bodyOf(save.position);
        const own = this.own.get(save.position);
        if (own) save.body.set(`shown-${save.position}`, own);
        if (await this.sent(save)) {
          this.waiting.shift();
          this.keep();
          tries = 0;
        } else {
          const pause = PAUSES[Math.min(tries++, PAUSES.length - 1)];
          await Promise.race([after(pause * 1000), new Promise((done) => (this.wake = done))]);
        }
      }
      if (this.revision > this.before) {
        sessionStorage.setItem(`${this.dataset.attempt}/replayed`, "1");
        this.isHeld = true;
        location.reload();
      }
      this.before = undefined;
    }

    bodyOf(position) {
      const name = `answer-${position}`;
      const own = (each) => each === name || each.startsWith(`${name}-`);
      const its = ["shown", "flag", "flagged"].map((each) => `${each}-${position}`);
      const kept = ["made-for", "opened", "revision", ...its];
      const fields = [...new FormData(this.form)];
      return new URLSearchParams(fields.filter(([each]) => own(each) || kept.includes(each)));
    }

    // Whether the server has answered for good: a lost line and a lost sign-in are tried again.
    async sent(save) {
      const slow = setTimeout(() => this.say(this.dataset.saving), SLOW);
      try {
        const answer = await fetch(this.form.action, {
          method: "POST",
          headers: { Accept: "application/json" },
          body: save.body,
          keepalive: true,
          signal: AbortSignal.timeout(20000),
        });
        if (answer.status >= 500) throw new Error(answer.statusText);
        this.hasFailed = false;
        const told = await answer.json();
        if (answer.status === 401 && !told.mend) this.say(this.dataset.signedOut, true);
        else if (!answer.ok) this.say(`${told.says} ${told.mend}`, true);
        else this.note(save, told);
        return answer.status !== 401;
      } catch {
        this.hasFailed = true;
        this.say(this.dataset.lost, true);
        return false;
      } finally {
        clearTimeout(slow);
      }
    }

    note(save, told) {
      this.revision = told.revision;
      const saved = document.getElementById("saved");
      if (saved) saved.textContent = told.says;
      for (const position of told.saved) {
        const flag = save.body.get(`flag-${position}`) ?? "";
        this.own.set(String(position), told.revision);
        this.mark(position, !told.open.includes(position), flag);
        if (!this.form.elements[`shown-${position}`]) continue;
        this.form.elements[`shown-${position}`].value = told.revision;
        this.form.elements[`flagged-${position}`].value = flag;
      }
      if (!told.kept.length) return this.say(this.dataset.saved);
      this.say(`${this.dataset.kept} `, true);
      const link = document.createElement("a");
      link.href = this.form.elements.question ? `?question=${save.position}` : "?view=all";
      link.textContent = this.dataset.show;
      this.notice.append(link);
    }

    mark(position, isDone, flag) {
      const sign = document.querySelector(`.dots a[href$="question=${position}"]`);
      if (!sign) return;
      sign.classList.toggle("is-flagged", Boolean(flag));
      if (sign.hasAttribute("aria-current")) return;
      const words = (isDone ? this.dataset.done : this.dataset.open).replace("#", position);
      sign.setAttribute("aria-label", flag ? this.dataset.flagged.replace("#", words) : words);
      sign.querySelector("use").setAttribute("href", isDone ? "#sign-testdone" : "#sign-test");
    }

    say(words, isTrouble = false) {
      this.notice.className = isTrouble ? "notice notice--care" : "quiet";
      if (this.notice.textContent !== words) this.notice.textContent = words;
    }

    // The form carries all that the page shows. Only a save on its way, which may have been written,
    // has to come back before, or the form would look older than it is. Where it does not come back,
    // what was typed is safer here than in a form that may be lost too; who presses once more means it.
    hold(event) {
      if (!navigator.onLine) {
        event.preventDefault();
        return this.say(this.dataset.lost, true);
      }
      // Where another question is shown instead, all that waits goes on waiting.
      if (event.defaultPrevented || this.isHeld || !this.waiting.length) return;
      event.preventDefault();
      this.isHeld = true;
      Promise.race([this.working, after(PATIENCE)]).then(() => {
        if (!this.waiting.length) this.form.requestSubmit(event.submitter);
      });
    }
  },
);
