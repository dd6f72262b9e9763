<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The login does not work now; a booking by hand does. */
final class IdentityUnavailable extends Refused
{
}
