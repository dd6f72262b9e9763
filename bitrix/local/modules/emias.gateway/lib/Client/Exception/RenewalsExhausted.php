<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The hold cannot be made longer again. */
final class RenewalsExhausted extends Refused
{
}
