<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

use RuntimeException;

/** There is no answer; `neverSent` tells that the gateway surely did not see the request. */
final class TransportFailure extends RuntimeException
{
    public function __construct(public readonly string $reason, public readonly bool $neverSent)
    {
        parent::__construct($reason);
    }
}
