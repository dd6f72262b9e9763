(function (ns) {
  "use strict";

  const LAST_UNCHECKED_SNILS = 1001998;
  const OLDEST_BIRTH = "1900-01-01";

  /** Tells what is wrong with a SNILS: "snils_format", "snils_checksum", or nothing. */
  function snilsProblem(text) {
    if (!/^\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}$/.test(text.trim())) return "snils_format";
    const digits = text.replace(/\D/g, "");
    const number = Number(digits.slice(0, 9));
    if (number === 0) return "snils_format";
    const sum = [...digits.slice(0, 9)].reduce((total, digit, place) => total + Number(digit) * (9 - place), 0);
    return number > LAST_UNCHECKED_SNILS && (sum % 101) % 100 !== Number(digits.slice(9)) ? "snils_checksum" : null;
  }

  /** Tells what is wrong with a policy number: "enp_format", "enp_checksum", "oms_format", or nothing. */
  function omsProblem(number, series) {
    const digits = number.trim().replace(/[- ]/g, "");
    if (series.trim()) return /^\d{6,16}$/.test(digits) ? null : "oms_format";
    if (/^\d{9}$/.test(digits)) return null;
    if (!/^\d{16}$/.test(digits)) return "enp_format";
    const sum = [...digits].reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    return sum % 10 ? "enp_checksum" : null;
  }

  /** Tells what is wrong with a birth date written DD.MM.YYYY or YYYY-MM-DD. */
  function birthDateProblem(text, today = new Date()) {
    const russian = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text.trim());
    const iso = russian ? `${russian[3]}-${russian[2]}-${russian[1]}` : text.trim();
    if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return "birth_date_format";
    const born = new Date(`${iso}T00:00:00Z`);
    if (Number.isNaN(born.getTime()) || born.toISOString().slice(0, 10) !== iso) return "birth_date_format";
    return iso < OLDEST_BIRTH || born > today ? "birth_date_range" : null;
  }

  Object.assign(ns, { snilsProblem, omsProblem, birthDateProblem });
})((window.EmiasBooking = window.EmiasBooking || {}));
