// <lesson-desk>: saves while one writes, shows the preview beside it, and keeps the text in this
// browser only while the server has not got it. Its words stand in its attributes.
const PREVIEW_AFTER = 400;
const SAVE_AFTER = 2500;
const AGAIN_AFTER = 8000;

customElements.define(
  "lesson-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.text = this.form.elements.body;
      this.status = this.querySelector("[data-status]");
      this.maySave = Boolean(this.form.querySelector("button:not([formaction]):not([type])"));
      this.sent = this.typed();
      this.store = `studio:${this.dataset.key}`;
      this.offer();
      this.form.addEventListener("input", () => this.changed());
      this.form.addEventListener("submit", (event) => this.submit(event));
      addEventListener("online", () => this.isDirty() && this.save());
      addEventListener("beforeunload", (event) => {
        if (this.isDirty() && !this.leaving) event.preventDefault();
      });
    }

    // What the form says of the lesson: a file that it shall show has a form of its own in it.
    fields() {
      const fields = [...new FormData(this.form)];
      return new URLSearchParams(fields.filter(([name]) => !name.startsWith("media_")));
    }

    typed() {
      const fields = this.fields();
      fields.delete("revision");
      return fields.toString();
    }

    isDirty() {
      return this.typed() !== this.sent;
    }

    changed() {
      if (!this.isDirty()) return;
      if (!this.inConflict) this.say("unsaved");
      clearTimeout(this.looking);
      this.looking = setTimeout(() => this.look(), PREVIEW_AFTER);
      this.later(SAVE_AFTER);
      this.keep();
    }

    later(wait) {
      clearTimeout(this.saving);
      if (this.maySave && !this.inConflict) this.saving = setTimeout(() => this.save(), wait);
    }

    submit(event) {
      if (event.submitter?.hasAttribute("data-look")) {
        event.preventDefault();
        this.look();
        return;
      }
      if (this.inConflict) {
        this.leaving = true;
        return;
      }
      event.preventDefault();
      this.save();
    }

    async ask(address) {
      const headers = { Accept: "text/html" };
      const answer = await fetch(address, { method: "POST", body: this.fields(), headers });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return { answer, page };
    }

    async look() {
      const number = (this.looks = (this.looks ?? 0) + 1);
      try {
        const { answer, page } = await this.ask(this.dataset.preview);
        if (number === this.looks && answer.ok) this.show(page);
      } catch {
        this.say("lost");
      }
    }

    async save() {
      if (this.isSaving) return this.later(AGAIN_AFTER);
      this.isSaving = true;
      clearTimeout(this.saving);
      const going = this.typed();
      this.say("saving");
      try {
        const { answer, page } = await this.ask(this.form.getAttribute("action"));
        if (answer.status === 409) this.conflict();
        else if (answer.status >= 500) this.again("lost");
        else if (answer.ok && page.querySelector("lesson-desk")) this.saved(page, going);
        else if (answer.redirected) this.again("signedOut");
        else this.say("refused");
      } catch {
        this.again("lost");
      }
      this.isSaving = false;
    }

    again(name) {
      this.say(name);
      this.later(AGAIN_AFTER);
    }

    saved(page, going) {
      const known = page.querySelector("lesson-desk [name=revision]");
      this.form.elements.revision.value = known.value;
      this.sent = going;
      this.show(page);
      if (this.isDirty()) {
        this.keep();
        this.say("unsaved");
        this.later(SAVE_AFTER);
        return;
      }
      localStorage.removeItem(this.store);
      this.status.textContent = page.querySelector("[data-status]").textContent;
      this.status.className = "quiet";
    }

    conflict() {
      this.inConflict = true;
      this.say("conflict");
      const button = document.createElement("button");
      button.className = "link";
      button.textContent = this.dataset.compare;
      this.status.append(" ", button);
    }

    show(page) {
      for (const name of ["preview", "findings", "measure"]) {
        const [old, fresh] = [document.getElementById(name), page.getElementById(name)];
        if (!old || !fresh) continue;
        const place = old.scrollTop;
        old.replaceChildren(...fresh.childNodes);
        old.scrollTop = place;
      }
    }

    say(name) {
      const isGrave = ["lost", "signedOut", "conflict", "refused"].includes(name);
      this.status.textContent = this.dataset[name];
      this.status.className = isGrave ? `said-${name === "lost" ? "lost" : "conflict"}` : "quiet";
    }

    keep() {
      const kept = { revision: this.form.elements.revision.value, typed: this.typed() };
      // Where the browser has no room or keeps nothing, the server alone does.
      try { localStorage.setItem(this.store, JSON.stringify(kept)); } catch {}
    }

    // A text that was kept and never reached the server is offered, not put in unasked.
    offer() {
      const kept = JSON.parse(localStorage.getItem(this.store) ?? "null");
      if (!kept || kept.typed === this.sent) {
        localStorage.removeItem(this.store);
        return;
      }
      const said = document.createElement("p");
      said.className = "notice notice--care desk__whole";
      said.setAttribute("role", "status");
      said.append(this.dataset.kept, " ");
      const choose = (words, act) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "link";
        button.textContent = words;
        button.addEventListener("click", () => {
          said.remove();
          act();
          this.text.focus();
        });
        said.append(button, " ");
      };
      choose(this.dataset.take, () => this.take(kept));
      choose(this.dataset.drop, () => localStorage.removeItem(this.store));
      this.form.prepend(said);
    }

    take(kept) {
      const fields = new URLSearchParams(kept.typed);
      for (const name of ["title", "recommendation", "body"]) {
        if (fields.has(name)) this.form.elements[name].value = fields.get(name);
      }
      for (const box of this.form.querySelectorAll("[name=outcomes]")) {
        box.checked = fields.getAll("outcomes").includes(box.value);
      }
      // The revision of then: if somebody has saved since, the two texts will be compared.
      this.form.elements.revision.value = kept.revision;
      this.changed();
    }
  },
);
