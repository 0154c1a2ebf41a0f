// <show-file>: sends files without leaving the lesson, and puts the box that the server writes for
// them where the cursor stands. Its words stand in its attributes.
customElements.define(
  "show-file",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      this.text = this.form.elements.body;
      this.text.addEventListener("focus", () => (this.hasPlace = true), { once: true });
      this.addEventListener("click", (event) => {
        const button = event.target.closest("[data-insert]");
        if (!button) return;
        event.preventDefault();
        this.send(button);
      });
    }

    async send(button) {
      if (this.isSending) return;
      this.isSending = true;
      this.say(this.dataset.sending);
      try {
        const answer = await fetch(button.formAction, {
          method: "POST",
          body: new FormData(this.form),
          headers: { Accept: "text/html" },
        });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        this.take(page);
      } catch {
        this.say(this.dataset.lost);
      }
      this.isSending = false;
    }

    take(page) {
      const fresh = page.getElementById("show-file-fields");
      if (!fresh) {
        this.say(page.querySelector("main")?.innerText.trim() ?? "");
        return;
      }
      const { box } = fresh.dataset;
      this.querySelector("#show-file-fields").replaceWith(fresh);
      if (box) {
        this.querySelector("details").open = false;
        // Whoever has not been in the text has chosen no place in it.
        if (!this.hasPlace) this.text.setSelectionRange(this.text.value.length, this.text.value.length);
        this.form.querySelector("text-tools").insert({ block: box, isWritten: true });
      } else {
        const fault = this.querySelector(".field__error");
        fault?.closest(".field").querySelector("input, select, textarea").focus();
      }
    }

    say(words) {
      this.querySelector("[data-said]").textContent = words;
    }
  },
);
