(function (ns) {
  "use strict";

  /**
   * What a visitor can do after each problem. `offer`: other times at once; `rehold`: the same time again;
   * `fields`: correct and send; `times`: back to the schedule; `again`: send the same once more; `find`: look at one's
   * own booking; `poll`: wait, never send anew; `relogin`: log in again or go on by hand; `byhand`: go on by
   * hand; `phone`: the site cannot help, the reception can.
   */
  const NEXT = {
    slot_taken: "offer",
    slot_held: "offer",
    hold_expired: "rehold",
    hold_not_found: "rehold",
    renewals_exhausted: "stay",
    validation_failed: "fields",
    patient_rejected: "fields",
    patient_already_booked: "find",
    patient_busy: "times",
    booking_failed: "times",
    emias_refused: "phone",
    not_cancellable: "phone",
    doctor_not_found: "times",
    slot_not_found: "times",
    booking_not_found: "fields",
    rate_limited: "again",
    too_many_holds: "again",
    emias_unavailable: "again",
    temporarily_unavailable: "again",
    gateway_unavailable: "again",
    site_unreachable: "again",
    ticket_expired: "relogin",
    ticket_mismatch: "relogin",
    identity_unavailable: "byhand",
    outcome_unknown: "poll",
    idempotency_in_progress: "poll",
  };
  const PHONE_TOO = new Set(["emias_unavailable", "gateway_unavailable", "temporarily_unavailable"]);

  const nextStep = (code) => NEXT[code] || "phone";

  /** Tells whether the reception's telephone belongs under the words. */
  const wantsPhone = (code) => nextStep(code) === "phone" || PHONE_TOO.has(code);

  Object.assign(ns, { nextStep, wantsPhone });
})((window.EmiasBooking = window.EmiasBooking || {}));
