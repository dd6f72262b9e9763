<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** EMIAS made no appointment; a new choice is needed. */
final class NotBooked extends Refused
{
}
