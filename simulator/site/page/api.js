import { language, text } from "./texts.js";

/** A refusal with the gateway's problem document; `code` is stable, `detail` is for the reader. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail ?? text("unreachable"));
    this.status = status;
    this.code = body.code ?? "unreachable";
    this.alternatives = body.alternatives ?? [];
    this.errors = body.errors ?? [];
    this.retryAfter = Number(body.retry_after ?? retryAfter) || 0;
    this.requestId = body.request_id ?? "";
  }
}

async function call(method, path, { body, headers = {} } = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      method,
      headers: { "Accept-Language": language(), ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, {});
  }
  const content = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, content, answer.headers.get("Retry-After"));
  // The header is cut to whole seconds; the later end of its second never promises the visitor too much.
  const serverNow = Date.parse(answer.headers.get("Date") ?? "") + 999 || Date.now();
  return { status: answer.status, content, serverNow, retryAfter: Number(answer.headers.get("Retry-After")) || 0 };
}

export const specialties = async () => (await call("GET", "specialties")).content;

export async function doctors(specialty) {
  const found = [];
  let cursor = null;
  do {
    const query = new URLSearchParams({ specialty, limit: "200", ...(cursor && { cursor }) });
    const page = (await call("GET", `doctors?${query}`)).content;
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

const HORIZON = 30 * 24 * 3600 * 1000;
const moscowDate = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Moscow", year: "numeric", month: "2-digit", day: "2-digit" });

export async function slots(doctorId) {
  const now = Date.now();
  const query = new URLSearchParams({ from: moscowDate.format(now), to: moscowDate.format(now + HORIZON) });
  return (await call("GET", `doctors/${encodeURIComponent(doctorId)}/slots?${query}`)).content;
}

export const hold = (slotId, doctorId) => call("POST", "holds", { body: { slot_id: slotId, doctor_id: doctorId } });

export const renew = (holdId) => call("POST", `holds/${encodeURIComponent(holdId)}/renew`);

/** Lets go of a hold, also while the page is being left; an answer is not waited for. */
export function release(holdId) {
  fetch(`/api/holds/${encodeURIComponent(holdId)}`, { method: "DELETE", keepalive: true }).catch(() => {});
}

export const book = (body, key) => call("POST", "bookings", { body, headers: { "Idempotency-Key": key } });

export const booking = (id) => call("GET", `bookings/${encodeURIComponent(id)}`);

/** A key for one submission: the same body sent again keeps it, so that nothing is booked twice. */
export function submissionKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
