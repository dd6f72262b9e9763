(function (ns) {
  "use strict";

  const PARTS = ["Api", "Texts", "el"];

  /** A link to the booking page, with the doctor and, when booking is open, the time. */
  function link(config, words, slot) {
    const target = new URL(config.bookingUrl, window.location.href);
    target.searchParams.set("emias_doctor", config.doctor);
    if (slot) target.searchParams.set("emias_slot", slot.id);
    return ns.el("a", { class: slot ? "emias-nearest__time" : "emias-nearest__all", href: target.href }, words);
  }

  async function fill(root) {
    const config = JSON.parse(root.dataset.emiasDoctorSlots);
    const texts = new ns.Texts(config.texts, config.language);
    const show = (...children) => root.replaceChildren(ns.el("h2", {}, texts.say("TITLE")), ...children);
    const all = link(config, texts.say("TO_BOOKING"));
    try {
      const found = await new ns.Api(config).nearest(config.doctor, config.count);
      if (found.degraded) {
        const moment = texts.clock(found.fetched_at * 1000);
        show(ns.el("p", {}, texts.say("DEGRADED", { MOMENT: moment })));
      } else if (found.items.length === 0) {
        show(ns.el("p", {}, texts.say("NO_FREE")), all);
      } else {
        const times = found.items.map((slot) => ns.el("li", {}, link(config, texts.fullMoment(slot.starts_at), slot)));
        show(ns.el("ul", {}, times), all);
      }
    } catch (problem) {
      if (!(problem instanceof ns.Problem)) throw problem;
      show(ns.el("p", {}, texts.say("UNAVAILABLE")), all);
    }
  }

  function boot() {
    if (!PARTS.every((name) => name in ns)) return;
    document.querySelectorAll("[data-emias-doctor-slots]").forEach((root) => {
      if (root.dataset.started) return;
      root.dataset.started = "1";
      fill(root);
    });
  }

  Object.assign(ns, { bootDoctorSlots: boot });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", boot);
  else boot();
  // In a block that came by AJAX the parts may be loaded in any order.
  window.addEventListener("load", boot);
})((window.EmiasBooking = window.EmiasBooking || {}));
