// <passkey-form>: asks the browser for a passkey and sends what it says with the form inside. The
// wish stands in data-wish, or is fetched from data-ask when the button is pressed. Without scripts,
// or where a browser knows no passkeys, it stays hidden; every word it says stands in its attributes.

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt());
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const described = (list = []) => list.map((each) => ({ ...each, id: bytesOf(each.id) }));

customElements.define(
  "passkey-form",
  class extends HTMLElement {
    connectedCallback() {
      if (!window.PublicKeyCredential) return;
      this.hidden = false;
      this.form = this.querySelector("form");
      this.notice = this.querySelector("[role=status]");
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!this.isBusy) this.go();
      });
    }

    async go() {
      this.isBusy = true;
      this.say("");
      try {
        this.form.elements.answer.value = JSON.stringify(await this.answer());
        this.form.submit();
      } catch (fault) {
        const isKnown = fault.name === "InvalidStateError";
        this.say((isKnown && this.dataset.known) || fault.says || this.dataset.failed);
      }
      this.isBusy = false;
    }

    async answer() {
      const wish = this.dataset.wish ? JSON.parse(this.dataset.wish) : await this.asked();
      wish.challenge = bytesOf(wish.challenge);
      return wish.rp ? this.made(wish) : this.used(wish);
    }

    async asked() {
      const answer = await fetch(this.dataset.ask, {
        method: "POST",
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (!answer.ok) throw { says: `${told.says} ${told.mend}` };
      return told;
    }

    async made(wish) {
      wish.user.id = bytesOf(wish.user.id);
      wish.excludeCredentials = described(wish.excludeCredentials);
      const made = await navigator.credentials.create({ publicKey: wish });
      return this.told(made, ["clientDataJSON", "attestationObject"]);
    }

    async used(wish) {
      wish.allowCredentials = described(wish.allowCredentials);
      const used = await navigator.credentials.get({ publicKey: wish });
      return this.told(used, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
    }

    told(credential, names) {
      const given = names.filter((name) => credential.response[name]);
      const parts = given.map((name) => [name, textOf(credential.response[name])]);
      return { rawId: textOf(credential.rawId), response: Object.fromEntries(parts) };
    }

    say(words) {
      this.notice.className = words ? "notice notice--fault" : "quiet";
      this.notice.textContent = words;
    }
  },
);
