// <translation-desk>: saves each block while one writes, goes on by keyboard, and keeps a text in
// this browser only while the server has not got it. Its words stand in its attributes.
const BLOCK_AFTER = 1500;
const BLOCK_AGAIN = 8000;

customElements.define(
  "translation-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.blocks = [...this.querySelectorAll("form[data-block]")];
      this.sent = new Map(this.blocks.map((block) => [block, this.typed(block)]));
      this.timers = new Map();
      this.going = new Set();
      this.blocks.forEach((block) => this.offer(block));
      this.addEventListener("input", (event) => this.changed(event.target.form));
      this.addEventListener("submit", (event) => this.submit(event));
      this.addEventListener("click", (event) => this.take(event, event.target.closest("[data-offer]")));
      this.addEventListener("keydown", (event) => this.key(event));
      addEventListener("online", () => this.dirty().forEach((block) => this.save(block)));
      addEventListener("beforeunload", (event) => {
        if (this.dirty().length && !this.leaving) event.preventDefault();
      });
    }

    typed(block) {
      return JSON.stringify([block.elements.text.value, block.elements.doubtful.checked]);
    }

    dirty() {
      return this.blocks.filter((block) => this.typed(block) !== this.sent.get(block));
    }

    store(block) {
      return `translation:${block.getAttribute("action")}`;
    }

    changed(block) {
      if (!block) return;
      localStorage.setItem(this.store(block), block.elements.text.value);
      if (block.dataset.conflict) return;
      this.say(block, "unsaved");
      this.later(block, BLOCK_AFTER);
    }

    later(block, wait) {
      clearTimeout(this.timers.get(block));
      this.timers.set(block, setTimeout(() => this.save(block), wait));
    }

    submit(event) {
      const block = event.target;
      if (block.dataset.conflict) {
        this.leaving = true;
        return;
      }
      event.preventDefault();
      this.save(block);
    }

    async save(block) {
      clearTimeout(this.timers.get(block));
      if (this.going.has(block)) return this.later(block, BLOCK_AFTER);
      this.going.add(block);
      const typed = this.typed(block);
      const body = new URLSearchParams(new FormData(block));
      body.set("alone", "true");
      this.say(block, "saving");
      try {
        const answer = await fetch(block.getAttribute("action"), { method: "POST", body, headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(block.id);
        if (answer.status === 409 && page.querySelector("[name=seen]")) {
          block.dataset.conflict = "true";
          this.say(block, "conflict");
        } else if (answer.ok && fresh) this.saved(block, fresh, typed);
        else this.say(block, "refused");
      } catch {
        this.say(block, "lost");
        this.later(block, BLOCK_AGAIN);
      }
      this.going.delete(block);
    }

    saved(block, fresh, typed) {
      block.elements.seen.value = fresh.elements.seen.value;
      block.dataset.open = fresh.dataset.open;
      for (const name of ["state", "slips"]) {
        const [old, now] = [block, fresh].map((each) => each.querySelector(`[data-${name}]`));
        old.replaceChildren(...now.childNodes);
        old.className = now.className;
      }
      this.sent.set(block, typed);
      if (this.typed(block) === typed) {
        localStorage.removeItem(this.store(block));
        this.say(block, "saved");
      } else this.changed(block);
    }

    say(block, name) {
      block.toggleAttribute("data-lost", ["lost", "conflict", "refused"].includes(name));
      block.querySelector("[data-status]").textContent = this.dataset[name];
    }

    // A taken text stands in the field to be read; one for an almost same sentence is doubtful.
    take(event, offer) {
      if (!offer) return;
      event.preventDefault();
      const { text, doubtful } = offer.form.elements;
      text.value = offer.value;
      doubtful.checked = offer.name === "offer";
      this.changed(offer.form);
      text.focus();
    }

    // A text that never reached the server stands in its field again; it is saved when one goes on.
    offer(block) {
      const kept = localStorage.getItem(this.store(block));
      if (kept === null) return;
      if (kept === block.elements.text.value) localStorage.removeItem(this.store(block));
      else {
        block.elements.text.value = kept;
        this.say(block, "kept");
      }
    }

    key(event) {
      const block = event.target.form;
      if (!block) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.save(block);
        this.go(block, 1, (each) => each.dataset.open === "true");
      } else if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
        this.take(event, block.querySelectorAll("[data-offer]")[event.code.slice(5) - 1]);
      } else if (event.altKey && ["ArrowDown", "ArrowUp"].includes(event.key)) {
        event.preventDefault();
        this.go(block, event.key === "ArrowDown" ? 1 : -1, () => true);
      }
    }

    go(block, step, suits) {
      let place = this.blocks.indexOf(block) + step;
      while (this.blocks[place] && !suits(this.blocks[place])) place += step;
      this.blocks[place]?.elements.text.focus();
    }
  },
);
