<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The first request with this idempotency key is still running. */
final class StillRunning extends Refused
{
}
