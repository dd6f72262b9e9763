(function () {
  "use strict";

  /** Invented people; the numbers carry right check digits and belong to nobody. */
  const MADE_UP = [
    { last_name: "Каштанова", first_name: "Вера", middle_name: "Ильинична", birth_date: "14.03.1985", snils: "112-233-445 95", oms_number: "7756410885000127" },
    { last_name: "Рощин", first_name: "Фёдор", middle_name: "Львович", birth_date: "31.12.2010", snils: "087-654-303 00", oms_number: "7787989718000126" },
    { last_name: "Порогов", first_name: "Пётр", middle_name: "", birth_date: "02.01.1948", snils: "087-654-018 99", oms_number: "5078150847000121" },
  ];
  const said = document.querySelector(".panel-said");
  const needing = document.querySelectorAll("[data-needs-slot]");
  let held = null;
  let next = 0;

  function know(slot) {
    held = slot;
    needing.forEach((button) => {
      button.disabled = !slot;
    });
  }

  async function press(name) {
    const refusal = document.getElementById("panel-refusal").value;
    const body = { button: name, refusal, ...(held && { doctor: held.doctor.id, starts_at: held.slot.starts_at }) };
    const answer = await fetch("/stand/press", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const told = await answer.json().catch(() => ({}));
    said.textContent = told.said || "Не получилось";
  }

  function fill() {
    const person = MADE_UP[next++ % MADE_UP.length];
    Object.entries(person).forEach(([name, value]) => {
      const input = document.querySelector(`.emias-booking [name="${name}"]`);
      if (!input) return;
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const consent = document.getElementById("emias-consent");
    if (consent && !consent.checked) consent.click();
  }

  document.addEventListener("emias:held", (event) => know(event.detail));
  document.addEventListener("emias:step", (event) => event.detail.step !== "form" && know(null));
  document.querySelectorAll("[data-press]").forEach((button) => button.addEventListener("click", () => press(button.dataset.press)));
  document.querySelector("[data-fill]").addEventListener("click", fill);
  know(null);
})();
