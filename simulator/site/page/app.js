import { chooseDoctor, chooseSpecialty, chooseTime } from "./choosing.js";
import { PatientFields } from "./fields.js";
import { BookingForm } from "./form.js";
import { Outcome } from "./outcome.js";
import { choose, language, text } from "./texts.js";

const fields = new PatientFields();
const outcome = new Outcome(() => {
  fields.clear();
  toSpecialties();
});
const form = new BookingForm(fields, { leave: () => toTimes(chosen.specialty, chosen.doctor), finish: toOutcome });
const chosen = { specialty: null, doctor: null };
let redraw = toSpecialties;

function toSpecialties() {
  redraw = toSpecialties;
  return chooseSpecialty(toDoctors);
}

function toDoctors(specialty) {
  chosen.specialty = specialty;
  redraw = () => toDoctors(specialty);
  return chooseDoctor(specialty, (doctor) => toTimes(specialty, doctor), toSpecialties);
}

function toTimes(specialty, doctor) {
  chosen.doctor = doctor;
  redraw = () => toTimes(specialty, doctor);
  return chooseTime(doctor, (slot) => toForm(doctor, slot), () => toDoctors(specialty));
}

function toForm(doctor, slot) {
  redraw = () => form.render();
  return form.open({ doctorId: doctor.id, doctorName: doctor.name, slotId: slot.id, startsAt: slot.starts_at });
}

function toOutcome(booking, choice) {
  redraw = () => outcome.render();
  outcome.open(booking, choice);
}

function translate() {
  document.documentElement.lang = language();
  document.title = text("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  document.querySelector(".steps").setAttribute("aria-label", text("stepsLabel"));
  for (const node of document.querySelectorAll("[data-language]")) node.setAttribute("aria-pressed", String(node.dataset.language === language()));
}

for (const node of document.querySelectorAll("[data-language]")) {
  node.addEventListener("click", () => {
    choose(node.dataset.language);
    translate();
    redraw();
  });
}

translate();
toSpecialties();
