<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The patient has an appointment that stands in the way. */
final class AlreadyBooked extends Refused
{
}
