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
      this.addEventListener("click", (event) => this.settle(event.target.closest("[data-settles] :is(a, button)")));
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
      return `block:${block.getAttribute("action")}`;
    }

    changed(block) {
      if (!block) return;
      const kept = { seen: block.elements.seen.value, text: block.elements.text.value };
      try {
        localStorage.setItem(this.store(block), JSON.stringify(kept));
      } catch {
        // The browser has no room or keeps nothing: then the server alone does.
      }
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
        else if (answer.status >= 500) this.again(block, "lost");
        else if (answer.redirected) this.again(block, "signedOut");
        else this.say(block, "refused");
      } catch {
        this.again(block, "lost");
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

    again(block, name) {
      this.say(block, name);
      this.later(block, BLOCK_AGAIN);
    }

    say(block, name) {
      const isGrave = ["lost", "signedOut", "conflict", "refused"].includes(name);
      block.toggleAttribute("data-lost", isGrave);
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

    // Where two texts were compared, one was chosen: what this browser kept of the other goes.
    settle(choice) {
      if (choice) localStorage.removeItem(this.store(this.querySelector("form")));
    }

    // A text that was kept and never reached the server is offered, not put in unasked.
    offer(block) {
      const found = localStorage.getItem(this.store(block));
      const kept = JSON.parse(found ?? "null");
      const { text, seen } = block.elements;
      if (!kept || kept.text === text.value) {
        localStorage.removeItem(this.store(block));
        return;
      }
      const [said, words, choices] = ["div", "p", "p"].map((name) => document.createElement(name));
      said.className = "notice notice--care";
      said.setAttribute("role", "status");
      words.className = "block__text";
      words.textContent = kept.text;
      choices.className = "row";
      const choose = (name, act) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "link";
        button.textContent = this.dataset[name];
        button.addEventListener("click", () => {
          said.remove();
          act();
          text.focus();
        });
        choices.append(button);
      };
      choose("take", () => {
        text.value = kept.text;
        // What was seen then: if somebody has saved since, the two texts will be compared.
        seen.value = kept.seen;
        this.changed(block);
      });
      choose("drop", () => {
        if (localStorage.getItem(this.store(block)) === found) localStorage.removeItem(this.store(block));
      });
      [words.lang, words.dir] = [text.lang, text.dir];
      said.append(this.dataset.kept, words, choices);
      text.before(said);
    }

    key(event) {
      const block = event.target.form;
      if (!this.blocks.includes(block)) return;
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
