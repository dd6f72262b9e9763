import { element } from "./dom.js";
import { text } from "./texts.js";

const FIELDS = [
  { name: "lastName", wire: "last_name", autocomplete: "family-name", required: true },
  { name: "firstName", wire: "first_name", autocomplete: "given-name", required: true },
  { name: "middleName", wire: "middle_name", autocomplete: "additional-name", required: false },
  { name: "birthDate", wire: "birth_date", autocomplete: "bday", required: true, inputmode: "numeric", hint: "birthDateHint" },
  { name: "snils", wire: "snils", autocomplete: "off", required: true, inputmode: "numeric", hint: "snilsHint" },
  { name: "oms", wire: "oms", autocomplete: "off", required: true, inputmode: "numeric", hint: "omsHint" },
];

/** Invented people; the numbers carry right check digits and belong to nobody. */
const MADE_UP = [
  { lastName: "Каштанова", firstName: "Вера", middleName: "Ильинична", birthDate: "14.03.1985", snils: "112-233-445 95", oms: "7756410885000127" },
  { lastName: "Рощин", firstName: "Фёдор", middleName: "Львович", birthDate: "31.12.2010", snils: "087-654-303 00", oms: "7787989718000126" },
  { lastName: "Порогов", firstName: "Пётр", middleName: "", birthDate: "02.01.1948", snils: "087-654-018 99", oms: "5078150847000121" },
];

/** The patient's fields; they live outside the view, so that what was typed survives every change of step and language. */
export class PatientFields {
  #values = {};
  #inputs = {};
  #errors = {};
  #nextMadeUp = 0;

  render() {
    return FIELDS.map((field) => this.#render(field));
  }

  prefill() {
    const person = MADE_UP[this.#nextMadeUp++ % MADE_UP.length];
    for (const [name, value] of Object.entries(person)) {
      this.#values[name] = value;
      this.#inputs[name].value = value;
      this.#mark(name, "");
    }
  }

  clear() {
    this.#values = {};
  }

  patient() {
    const value = (name) => (this.#values[name] ?? "").trim();
    const patient = { last_name: value("lastName"), first_name: value("firstName"), birth_date: value("birthDate"), snils: value("snils") };
    if (value("middleName")) patient.middle_name = value("middleName");
    return { ...patient, oms: { number: value("oms").replaceAll(" ", "") } };
  }

  /** Marks empty required fields and focuses the first; true when there are none. */
  complete() {
    const empty = FIELDS.filter((field) => field.required && !(this.#values[field.name] ?? "").trim());
    return this.#markAll(new Map(empty.map((field) => [field.name, text("needed")])));
  }

  /** Marks the fields that the gateway names, whichever way it writes their path; true when it named none of ours. */
  markRefused(errors) {
    const named = (error) => FIELDS.find((field) => String(error.field).split(".").includes(field.wire));
    return this.#markAll(new Map(errors.filter(named).map((error) => [named(error).name, error.message])));
  }

  #markAll(messages) {
    for (const { name } of FIELDS) this.#mark(name, messages.get(name) ?? "");
    this.#inputs[FIELDS.find(({ name }) => messages.has(name))?.name]?.focus();
    return messages.size === 0;
  }

  #mark(name, message) {
    this.#errors[name].textContent = message;
    this.#inputs[name].setAttribute("aria-invalid", String(Boolean(message)));
  }

  #render({ name, autocomplete, required, inputmode, hint }) {
    const input = element("input", {
      id: name, name, autocomplete, inputmode, required, maxlength: "100", "aria-describedby": `${name}-error${hint ? ` ${name}-hint` : ""}`,
      oninput: () => { this.#values[name] = input.value; this.#mark(name, ""); },
    });
    input.value = this.#values[name] ?? "";
    this.#inputs[name] = input;
    this.#errors[name] = element("p", { class: "field-error", id: `${name}-error` });
    const below = hint ? element("p", { class: "small", id: `${name}-hint` }, text(hint)) : null;
    return element("div", { class: "field" }, element("label", { for: name }, text(name)), input, below, this.#errors[name]);
  }
}
