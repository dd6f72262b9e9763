<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** Too many requests or holds of one visitor; `retryAfter` tells when to go on. */
final class LimitReached extends Refused
{
}
