// <text-tools>: buttons that write into the text of the form they stand in; what each writes stands
// in its attributes.
customElements.define(
  "text-tools",
  class extends HTMLElement {
    connectedCallback() {
      this.text = this.closest("form").elements.body;
      this.hidden = false;
      this.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.insert(button.dataset);
      });
    }

    // A block stands behind what is chosen, which stays; `isWritten` says that nothing in it waits
    // to be written over.
    insert({ around, lineStart, insert, block, isWritten }) {
      if (block) this.text.setSelectionRange(this.text.selectionEnd, this.text.selectionEnd);
      const { value, selectionStart: start, selectionEnd: end } = this.text;
      const chosen = value.slice(start, end);
      this.text.focus();
      if (around) return this.put(`${around}${chosen}${around}`, around.length, chosen.length);
      if (insert) return this.put(insert, insert.length, 0);
      const before = value.slice(0, start);
      if (lineStart) {
        const isNew = before === "" || before.endsWith("\n");
        const gap = isNew ? "" : "\n\n";
        return this.put(`${gap}${lineStart}${chosen}`, gap.length + lineStart.length, chosen.length);
      }
      const above = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
      const below = value.slice(end).startsWith("\n\n") ? "" : "\n\n";
      // In a box the text to be written over is chosen, which stands in its second line.
      const [first, second] = block.split("\n");
      const [from, length] = first.startsWith(":") && !isWritten
        ? [first.length + 1, second.length]
        : [block.length, 0];
      return this.put(`${above}${block}${below}`, above.length + from, length);
    }

    // The browser's own way to type, so that its undo takes it back.
    put(written, from, length) {
      const start = this.text.selectionStart;
      if (!document.execCommand("insertText", false, written)) {
        this.text.setRangeText(written, start, this.text.selectionEnd, "end");
        this.text.form.dispatchEvent(new Event("input", { bubbles: true }));
      }
      this.text.setSelectionRange(start + from, start + from + length);
    }
  },
);
