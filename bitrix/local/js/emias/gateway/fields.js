(function (ns) {
  "use strict";

  const FIELDS = [
    { name: "last_name", autocomplete: "family-name", required: true },
    { name: "first_name", autocomplete: "given-name", required: true },
    { name: "middle_name", autocomplete: "additional-name" },
    { name: "birth_date", autocomplete: "bday", required: true, inputmode: "numeric", hint: true },
    { name: "snils", autocomplete: "off", required: true, inputmode: "numeric", hint: true },
    { name: "oms_number", autocomplete: "off", required: true, inputmode: "numeric", hint: true },
    { name: "oms_series", autocomplete: "off", hint: true },
    { name: "referral", autocomplete: "off", hint: true, onlyWhenAsked: true },
  ];

  const nameOnWire = (field) => String(field).replace(/^patient\./, "").replace("oms.", "oms_");

  /** The patient's fields; what was typed lives in this object alone and survives every change of step. */
  class PatientFields {
    #texts;
    #consentUrl;
    #identity;
    #node = null;
    #values = {};
    #agreed = false;
    #asked = new Set();
    #inputs = {};
    #errors = {};

    /** `identity` tells who has logged in: what Gosuslugi give is not asked for. */
    constructor(texts, consentUrl, identity) {
      this.#texts = texts;
      this.#consentUrl = consentUrl;
      this.#identity = identity;
    }

    render() {
      this.#node = ns.el("div", { class: "emias-patient" });
      this.refresh();
      return this.#node;
    }

    /** Shows the fields that are needed now; the focus stays where it was. */
    refresh() {
      if (!this.#node) return;
      const focused = this.#node.contains(document.activeElement) ? document.activeElement.id : "";
      this.#inputs = {};
      this.#errors = {};
      const card = this.#identity.card(() => this.refresh());
      const fields = ns.el("div", { class: "emias-fields" }, this.#shown().map((field) => this.#field(field)));
      this.#node.replaceChildren(...[card, fields, this.#consent()].filter(Boolean));
      const again = focused && document.getElementById(focused);
      if (again) again.focus();
    }

    #shown() {
      const subject = this.#identity.subject();
      const isNeeded = ({ name, onlyWhenAsked }) => {
        if (onlyWhenAsked) return this.#asked.has(name);
        if (!subject) return true;
        return name === "snils" ? !subject.has_snils : name.startsWith("oms_") && subject.oms !== "verified";
      };
      const maySkip = (name) => name === "oms_number" && subject !== null && subject.oms === "unverified";
      return FIELDS.filter(isNeeded).map((field) => ({ ...field, required: field.required && !maySkip(field.name) }));
    }

    clear() {
      this.#values = {};
      this.#agreed = false;
      this.#asked.clear();
    }

    /** Lets a field that few need appear, as the number of a referral. */
    ask(name) {
      this.#asked.add(name);
    }

    /** Returns what is sent: who has logged in or the patient, and the referral's number where there is one. */
    values() {
      const given = this.#shown().map(({ name }) => [name, this.#value(name)]);
      const { referral, ...patient } = Object.fromEntries(given.filter(([, value]) => value));
      const subject = this.#identity.subject();
      return { patient, ...(subject ? { subject: subject.subject } : {}), ...(referral ? { referral } : {}) };
    }

    #value(name) {
      return (this.#values[name] || "").trim();
    }

    /** Marks what is wrong and focuses the first of it; true when nothing is. */
    check() {
      const codes = new Map();
      this.#shown().filter((field) => field.required && !this.#value(field.name)).forEach(({ name }) => codes.set(name, "required"));
      const note = (name, code) => code && name in this.#inputs && !codes.has(name) && codes.set(name, code);
      note("birth_date", ns.birthDateProblem(this.#value("birth_date")));
      note("snils", ns.snilsProblem(this.#value("snils")));
      if (this.#value("oms_number") || this.#value("oms_series")) {
        note("oms_number", ns.omsProblem(this.#value("oms_number"), this.#value("oms_series")));
      }
      if (!this.#agreed) codes.set("consent", "consent");
      return this.#markAll(new Map([...codes].map(([name, code]) => [name, this.#texts.field({ code })])));
    }

    /** Marks the fields that the server names; true when it named none of these. */
    markRefused(errors) {
      const ours = errors.filter((error) => nameOnWire(error.field) in this.#inputs);
      return this.#markAll(new Map(ours.map((error) => [nameOnWire(error.field), this.#texts.field(error)])));
    }

    #markAll(messages) {
      Object.keys(this.#inputs).forEach((name) => this.#mark(name, messages.get(name) || ""));
      const first = Object.keys(this.#inputs).find((name) => messages.has(name));
      if (first) this.#inputs[first].focus();
      return messages.size === 0;
    }

    #mark(name, message) {
      this.#errors[name].textContent = message;
      if (message) this.#inputs[name].setAttribute("aria-invalid", "true");
      else this.#inputs[name].removeAttribute("aria-invalid");
    }

    #field({ name, autocomplete, required, inputmode, hint }) {
      const id = `emias-${name}`;
      const describedBy = `${id}-error${hint ? ` ${id}-hint` : ""}`;
      const input = ns.el("input", {
        id, name, autocomplete, inputmode, maxlength: "100", "aria-required": required ? "true" : null,
        "aria-describedby": describedBy,
        oninput: () => {
          this.#values[name] = input.value;
          this.#mark(name, "");
        },
      });
      input.value = this.#values[name] || "";
      this.#inputs[name] = input;
      this.#errors[name] = ns.el("p", { class: "emias-field__error", id: `${id}-error` });
      const words = this.#texts.say(`LABEL_${name.toUpperCase()}`);
      const below = hint && ns.el("p", { class: "emias-small", id: `${id}-hint` }, this.#texts.say(`HINT_${name.toUpperCase()}`));
      return ns.el("div", { class: "emias-field" }, ns.el("label", { for: id }, words), input, below, this.#errors[name]);
    }

    #consent() {
      const input = ns.el("input", {
        type: "checkbox", id: "emias-consent", "aria-required": "true", "aria-describedby": "emias-consent-error",
        onchange: () => {
          this.#agreed = input.checked;
          this.#mark("consent", "");
        },
      });
      input.checked = this.#agreed;
      this.#inputs.consent = input;
      this.#errors.consent = ns.el("p", { class: "emias-field__error", id: "emias-consent-error" });
      const link = this.#consentUrl
        && ns.el("a", { href: this.#consentUrl, target: "_blank", rel: "noopener" }, this.#texts.say("CONSENT_LINK"));
      return ns.el(
        "div",
        { class: "emias-consent" },
        ns.el("div", { class: "emias-consent__row" }, input, ns.el("label", { for: "emias-consent" }, this.#texts.say("CONSENT"))),
        link,
        this.#errors.consent,
      );
    }
  }

  Object.assign(ns, { PatientFields });
})((window.EmiasBooking = window.EmiasBooking || {}));
