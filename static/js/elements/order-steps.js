// <order-steps>: makes one list of the lists of places, to be moved in by buttons or by dragging.
// The lists stay in the form and hold the places; every word it says stands in its attributes.

const ARROW =
  '<svg class="arrow" viewBox="0 0 24 24" aria-hidden="true"><use href="#sign-arrow"/></svg>';

customElements.define(
  "order-steps",
  class extends HTMLElement {
    connectedCallback() {
      const rows = [...this.querySelectorAll(".match")];
      const places = new Map(rows.map((row) => [row, Number(row.querySelector("select").value)]));
      const given = new Set(places.values());
      this.isWhole = given.size === rows.length && !given.has(0);
      this.list = document.createElement("ol");
      this.list.className = "order";
      this.list.role = "list";
      const sorted = this.isWhole ? rows.sort((a, b) => places.get(a) - places.get(b)) : rows;
      this.list.append(...sorted.map((row) => this.itemOf(row)));
      this.speech = document.createElement("p");
      this.speech.className = "sr";
      this.speech.setAttribute("aria-live", "polite");
      const help = document.createElement("p");
      help.className = "quiet";
      help.textContent = this.dataset.help;
      this.keep = this.button("button button--quiet", this.dataset.keep, () => this.settle());
      this.keep.hidden = this.isWhole;
      this.replaceChildren(help, this.list, this.keep, this.speech);
      this.number();
    }

    itemOf(row) {
      const item = document.createElement("li");
      const [label, select] = [row.querySelector("label"), row.querySelector("select")];
      const text = document.createElement("span");
      text.append(...label.childNodes);
      const place = document.createElement("b");
      place.addEventListener("pointerdown", (event) => this.drag(event, item));
      const moves = [["up", -1], ["down", 1]].map(([way, by]) => {
        const words = this.dataset[way].replace("#", text.textContent.trim());
        const button = this.button("order__move", "", () => this.move(item, by, button));
        button.setAttribute("aria-label", words);
        button.dataset.way = way;
        button.insertAdjacentHTML("beforeend", ARROW);
        return button;
      });
      moves[0].id = select.id; // where the page's own words lead when something is missing
      select.removeAttribute("id");
      select.hidden = true;
      item.append(place, text, ...moves, select);
      return item;
    }

    button(name, words, press) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name;
      button.textContent = words;
      button.addEventListener("click", press);
      return button;
    }

    move(item, by, button) {
      const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
      if (!other) return;
      if (by < 0) other.before(item);
      else other.after(item);
      button.focus();
      this.settle(item);
    }

    drag(event, item) {
      if (event.button) return;
      event.preventDefault();
      const follow = ({ clientY }) => {
        const over = [...this.list.children].find((each) => {
          const box = each.getBoundingClientRect();
          return each !== item && clientY > box.top && clientY < box.bottom;
        });
        if (!over) return;
        const box = over.getBoundingClientRect();
        const isBefore = item.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_PRECEDING;
        const middle = (box.top + box.bottom) / 2;
        if (isBefore && clientY < middle) over.before(item);
        else if (!isBefore && clientY > middle) over.after(item);
        this.number();
      };
      const end = () => {
        item.classList.remove("order__dragged");
        removeEventListener("pointermove", follow);
        this.settle(item);
      };
      item.classList.add("order__dragged");
      addEventListener("pointermove", follow);
      for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, end, { once: true });
    }

    // The order that is shown becomes the answer; moving nothing and keeping it counts as well.
    settle(item) {
      this.keep.hidden = true;
      this.isWhole = true;
      this.number();
      const first = this.list.querySelector("select");
      first.dispatchEvent(new Event("change", { bubbles: true }));
      if (!item) {
        this.list.querySelector("button:not([aria-disabled])").focus();
        return;
      }
      const [place, text] = [item.querySelector("b"), item.querySelector("span")];
      this.speech.textContent = this.dataset.now
        .replace("#1", text.textContent.trim())
        .replace("#2", place.textContent)
        .replace("#3", this.list.children.length);
    }

    number() {
      const last = this.list.children.length - 1;
      [...this.list.children].forEach((item, at) => {
        item.querySelector("b").textContent = at + 1;
        if (this.isWhole) item.querySelector("select").value = String(at + 1);
        for (const button of item.querySelectorAll("button")) {
          // Not disabled: that would take the focus away from who moves a step to the end.
          const isOver = at === (button.dataset.way === "up" ? 0 : last);
          if (isOver) button.setAttribute("aria-disabled", "true");
          else button.removeAttribute("aria-disabled");
        }
      });
    }
  },
);
