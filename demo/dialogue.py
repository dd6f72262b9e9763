"""The first booking as a dialogue of curl, ready to be pasted into bash."""

from __future__ import annotations

import shlex
from pathlib import Path

__all__ = ["dialogue"]

# A made-up patient whose SNILS and policy pass their check digits.
_PATIENT = (
    '{"last_name": "Тестова", "first_name": "Анна", "middle_name": "Ивановна", "birth_date": "1985-03-14", '
    '"snils": "112-233-445 95", "oms": {"number": "7756410885000127", "kind": "enp"}}'
)

_DIALOGUE = r"""
. ENV_FILE
api() {
  local answer
  answer=$(curl --silent --show-error --fail-with-body --header "Authorization: Bearer $API_KEY" \
    --header 'Content-Type: application/json' "$@") || { echo "$answer" >&2; return 1; }
  echo "$answer"
}
pick() { python3 -c "import json, random, sys; answer = json.load(sys.stdin); print($1)"; }

# Специальности, врачи, свободное время / Specialties, doctors, free slots
SPECIALTY=$(api "$GATEWAY_URL/v1/specialties" | pick 'answer[0]["id"]')
DOCTOR=$(api "$GATEWAY_URL/v1/doctors?specialty=$SPECIALTY&limit=200" \
  | pick 'random.choice([d["id"] for d in answer["items"] if d["next_free"]])')
SLOT=$(api "$GATEWAY_URL/v1/doctors/$DOCTOR/slots" \
  | pick 'random.choice(random.choice(answer["days"][1:])["slots"])["id"]')
echo "specialty $SPECIALTY, doctor $DOCTOR, slot $SLOT"

# Удержать на пять минут и записать / Hold for five minutes, then book
HOLD=$(api "$GATEWAY_URL/v1/holds" --data "{\"slot_id\": \"$SLOT\"}" | pick 'answer["id"]')
echo "hold $HOLD"
BOOKING=$(api "$GATEWAY_URL/v1/bookings" --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
  --data "{\"hold_id\": \"$HOLD\", \"patient\": $PATIENT}")
echo "$BOOKING"

# Талон; повторный запуск ответит 409: этот пациент уже записан
# The ticket; a second run is answered with 409: this patient is booked already
echo "$BOOKING" | pick 'answer["ticket"]'
"""


def dialogue(env_file: Path) -> str:
    """Fill in where the addresses and the key are."""
    sourced = _DIALOGUE.replace("ENV_FILE", shlex.quote(str(env_file.absolute())), 1)
    return sourced.lstrip().replace("\napi()", f"\nPATIENT={shlex.quote(_PATIENT)}\napi()", 1)
