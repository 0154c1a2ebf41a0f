// <institution-field>: finds institutions while a part of a name is written, as a combobox with a
// list (WAI-ARIA 1.2). Without it the words are sent as they are, and the server asks what is meant.
const WAIT = 150; // milliseconds without a key

customElements.define(
  "institution-field",
  class extends HTMLElement {
    connectedCallback() {
      this.input = this.querySelector("input.input");
      this.key = this.querySelector("input[type=hidden]");
      this.list = document.createElement("ul");
      this.list.id = `${this.input.id}-found`;
      this.list.className = "institution__list";
      this.list.role = "listbox";
      this.list.hidden = true;
      this.list.setAttribute("aria-label", this.dataset.list);
      this.speech = document.createElement("p");
      this.speech.className = "sr";
      this.speech.setAttribute("role", "status");
      this.input.after(this.list);
      this.append(this.speech);
      const marks = { role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id,
        "aria-autocomplete": "list" };
      for (const [name, value] of Object.entries(marks)) this.input.setAttribute(name, value);
      this.input.addEventListener("input", () => this.write());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.input.addEventListener("blur", () => this.close());
      // The focus stays in the field while an option is pressed.
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => this.pick(event.target.closest("li")));
    }

    disconnectedCallback() {
      clearTimeout(this.waiting);
      this.asking?.abort();
    }

    write() {
      this.hold("");
      clearTimeout(this.waiting);
      this.asking?.abort();
      if (!this.input.value.trim()) this.close();
      else this.waiting = setTimeout(() => this.find(), WAIT);
    }

    // What was picked before no longer counts once something else is written.
    hold(key) {
      if (!this.key) {
        this.querySelector("fieldset")?.remove();
        this.key = document.createElement("input");
        this.key.type = "hidden";
        this.key.name = this.dataset.name;
        this.append(this.key);
      }
      this.key.value = key;
    }

    async find() {
      this.asking = new AbortController();
      const { signal } = this.asking;
      const address = `${this.dataset.from}&words=${encodeURIComponent(this.input.value)}`;
      const headers = { Accept: "application/json" };
      const answer = await fetch(address, { headers, signal }).catch(() => null);
      const told = answer?.ok ? await answer.json().catch(() => null) : null;
      if (told && !signal.aborted && document.activeElement === this.input) this.show(told);
    }

    show({ found, more }) {
      this.list.replaceChildren(...found.map((each, at) => this.optionOf(each, at)));
      this.active = null;
      this.input.removeAttribute("aria-activedescendant");
      this.list.hidden = !found.length;
      this.input.setAttribute("aria-expanded", String(!!found.length));
      const words = this.dataset[more ? "more" : found.length ? "some" : "none"];
      this.speech.textContent = words.replace("#", found.length);
    }

    optionOf({ key, name, above }, at) {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `${this.list.id}-${at}`;
      option.dataset.key = key;
      option.setAttribute("aria-selected", "false");
      for (const [words, look] of [[name, ""], [above, "quiet"]]) {
        if (!words) continue;
        const part = document.createElement("bdi");
        part.textContent = words;
        part.className = look;
        // What stands above may be of another direction, so it has a line of its own.
        if (look) option.append(document.createElement("br"));
        option.append(part, " ");
      }
      return option;
    }

    press(event) {
      const isOpen = !this.list.hidden;
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (way && isOpen) this.move(way);
      else if (way && this.input.value.trim()) this.find();
      else if (event.key === "Enter" && isOpen && this.active) this.pick(this.active);
      else if (event.key === "Escape" && isOpen) this.close();
      else return;
      event.preventDefault();
    }

    move(way) {
      const options = [...this.list.children];
      const at = options.indexOf(this.active);
      const next = at < 0 && way < 0 ? options.length - 1 : (at + way + options.length) % options.length;
      this.active?.setAttribute("aria-selected", "false");
      this.active = options[next];
      this.active.setAttribute("aria-selected", "true");
      this.active.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", this.active.id);
    }

    pick(option) {
      if (!option) return;
      this.hold(option.dataset.key);
      this.input.value = option.querySelector("bdi").textContent;
      this.close();
    }

    close() {
      clearTimeout(this.waiting);
      this.asking?.abort();
      this.list.hidden = true;
      this.active = null;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  },
);
