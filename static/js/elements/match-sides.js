// <match-sides>: says what was matched and how much is open, marks what another row has, and shows
// in full what a narrow list cuts off. Every word it says stands in its attributes.
customElements.define(
  "match-sides",
  class extends HTMLElement {
    connectedCallback() {
      this.lists = [...this.querySelectorAll("select")];
      this.words = new Map([...this.lists[0].options].map((each) => [each.value, each.text]));
      this.speech = document.createElement("p");
      this.speech.className = "sr";
      this.speech.setAttribute("aria-live", "polite");
      this.append(this.speech);
      for (const list of this.lists) {
        list.after(Object.assign(document.createElement("p"), { className: "match__full quiet" }));
      }
      this.addEventListener("change", (event) => this.tell(event.target));
      this.show();
    }

    show() {
      const used = new Set(this.lists.map((list) => list.value));
      for (const list of this.lists) {
        for (const option of list.options) {
          const words = this.words.get(option.value);
          const isElsewhere = option.value && option.value !== list.value && used.has(option.value);
          option.text = isElsewhere ? this.dataset.used.replace("#", words) : words;
        }
        const words = this.words.get(list.value);
        list.nextElementSibling.textContent = list.value && words.length > 30 ? words : "";
      }
    }

    tell(list) {
      this.show();
      const side = list.closest(".match").querySelector("label").textContent.trim();
      const match = list.value ? this.words.get(list.value) : this.dataset.open;
      const done = this.lists.filter((each) => each.value).length;
      this.speech.textContent = this.dataset.now
        .replace("#1", side)
        .replace("#2", match)
        .replace("#3", done)
        .replace("#4", this.lists.length);
    }
  },
);
