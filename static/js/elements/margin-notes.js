// <margin-notes>: opens the form of a note beside its paragraph instead of on a page of its own.
// It takes the form out of that very page, and what was kept out of the lesson that answers.
const WIDE = matchMedia("(min-width: 75rem)");
const READS = { headers: { Accept: "text/html" } };

const pageAt = async (address, options = READS) => {
  const answer = await fetch(address, options);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

customElements.define(
  "margin-notes",
  class extends HTMLElement {
    connectedCallback() {
      this.prose = document.querySelector(".prose");
      this.unsent = new Map(); // what was closed before it was kept, with what it was begun from
      this.presses = 0;
      for (const link of this.prose.querySelectorAll(".remark")) {
        link.setAttribute("aria-expanded", "false");
        link.setAttribute("role", "button");
      }
      this.prose.addEventListener("click", (event) => this.press(event));
      this.prose.addEventListener("keydown", (event) => this.key(event));
      this.prose.addEventListener("submit", (event) => this.keep(event));
    }

    press(event) {
      const link = event.target.closest(".remark, .my-note a, [data-close]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.matches("[data-close]")) this.close();
      else this.toggle(link);
    }

    key(event) {
      if (event.key === "Escape" && this.place) this.close();
      if (event.key === " " && event.target.matches(".remark")) {
        event.preventDefault();
        event.target.click();
      }
    }

    async toggle(link) {
      const block = link.href.split("/").pop();
      const again = this.block === block;
      const number = ++this.presses;
      this.close();
      if (again) return;
      const form = await pageAt(link.href).then(
        (page) => page.querySelector("[data-note]"),
        () => null,
      );
      if (number !== this.presses) return;
      if (form) this.open(block, form);
      else location.assign(link.href);
    }

    open(block, form) {
      this.block = block;
      this.place = document.createElement("div");
      this.place.className = "note-open";
      const paragraph = this.paragraph();
      if (WIDE.matches) paragraph.before(this.place);
      else paragraph.after(this.place);
      this.link()?.setAttribute("aria-expanded", "true");
      const field = form.querySelector("textarea");
      this.known = field.value;
      const { note, known } = Object.fromEntries(this.unsent.get(block) ?? new FormData(form));
      field.value = note;
      form.elements.known.value = known;
      this.fill(form);
    }

    fill(form) {
      const close = form.querySelector("[data-close]");
      close.textContent = close.dataset.close;
      this.place.replaceChildren(form);
      form.querySelector("textarea").focus();
    }

    close() {
      if (!this.place) return;
      const typed = new FormData(this.place.querySelector("form"));
      if (this.place.querySelector("textarea").value === this.known) this.unsent.delete(this.block);
      else this.unsent.set(this.block, typed);
      this.place.remove();
      this.place = null;
      const link = this.link();
      this.block = "";
      link?.setAttribute("aria-expanded", "false");
      link?.focus({ preventScroll: true });
    }

    async keep(event) {
      if (!event.target.matches("[data-note]")) return;
      event.preventDefault();
      const { submitter } = event;
      const { block } = this;
      const address = submitter?.getAttribute("formaction") ?? event.target.getAttribute("action");
      const body = new URLSearchParams(new FormData(event.target));
      try {
        const answered = await pageAt(address, { method: "POST", body, ...READS });
        const form = answered.querySelector("[data-note]");
        if (answered.querySelector("margin-notes")) this.show(answered, block);
        else if (block !== this.block) return; // it waits until it is opened again
        else if (form) this.fill(form);
        else this.say(event.target, this.dataset.lost); // a refusal, an outage, or the way to sign in
      } catch {
        this.say(event.target, this.dataset.lost);
      }
    }

    // The lesson as it answers now holds the note, or holds it no more.
    show(answered, block) {
      const name = `note-${block}`;
      const kept = answered.getElementById(name);
      document.getElementById(name)?.remove();
      const paragraph = this.paragraph(block);
      if (this.block === block) this.close();
      this.unsent.delete(block);
      if (kept) paragraph.before(document.adoptNode(kept));
    }

    say(form, words) {
      const said = form.querySelector("[role=alert]") ?? document.createElement("p");
      said.setAttribute("role", "alert");
      said.className = "field__error";
      said.textContent = words;
      form.prepend(said);
    }

    // The child of the prose in which the block stands.
    paragraph(block = this.block) {
      let place = document.getElementById(block);
      while (place.parentElement !== this.prose) place = place.parentElement;
      return place;
    }

    link() {
      return this.prose.querySelector(`.remark[href$="/${this.block}"]`);
    }
  },
);
