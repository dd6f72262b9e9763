<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The doctor, the slot or the booking is not there. */
final class NotFound extends Refused
{
}
