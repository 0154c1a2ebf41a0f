// <move-parts>: lets modules and lessons of an outline be dragged; a drop is the same form that the
// buttons send, so that the server moves what was dragged.

customElements.define(
  "move-parts",
  class extends HTMLElement {
    connectedCallback() {
      for (const row of this.querySelectorAll("[data-lesson], [data-module]")) {
        if (!row.querySelector(".mover")) return;
        row.draggable = true;
      }
      this.addEventListener("dragstart", (event) => this.lift(event));
      this.addEventListener("dragover", (event) => this.over(event));
      this.addEventListener("drop", (event) => this.drop(event));
      this.addEventListener("dragend", () => this.settle());
    }

    lift(event) {
      this.dragged = event.target.closest("[data-lesson], [data-module]");
      this.home = { parent: this.dragged.parentElement, next: this.dragged.nextElementSibling };
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      this.dragged.classList.add("is-dragged");
    }

    over(event) {
      if (!this.dragged) return;
      const isLesson = "lesson" in this.dragged.dataset;
      const module = event.target.closest("[data-module]");
      if (!module) return;
      event.preventDefault();
      const over = isLesson ? event.target.closest("[data-lesson]") : module;
      if (over === this.dragged) return;
      if (!over) {
        const list = module.querySelector("ol");
        const lessons = list.querySelectorAll("[data-lesson]");
        if (lessons.length) lessons[lessons.length - 1].after(this.dragged);
        else list.prepend(this.dragged);
        return;
      }
      const box = over.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) over.before(this.dragged);
      else over.after(this.dragged);
    }

    drop(event) {
      if (!this.dragged) return;
      event.preventDefault();
      const { lesson, module } = this.dragged.dataset;
      const kind = lesson ? "lesson" : "module";
      const rows = [...this.dragged.parentElement.children].filter((row) => kind in row.dataset);
      const into = lesson ? this.dragged.closest("[data-module]").dataset.module : "";
      const place = rows.indexOf(this.dragged);
      this.isSent = true;
      this.send({ key: lesson ?? module, module: into, place });
    }

    settle() {
      this.dragged?.classList.remove("is-dragged");
      if (this.dragged && !this.isSent) this.home.parent.insertBefore(this.dragged, this.home.next);
      this.dragged = null;
    }

    send(fields) {
      const form = document.createElement("form");
      form.method = "post";
      form.action = this.dataset.action;
      for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.append(field);
      }
      document.body.append(form);
      form.submit();
    }
  },
);
