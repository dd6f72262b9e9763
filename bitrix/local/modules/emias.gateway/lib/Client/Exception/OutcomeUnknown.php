<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The answer was lost on its way: only the same idempotency key may be sent again. */
final class OutcomeUnknown extends GatewayException
{
}
