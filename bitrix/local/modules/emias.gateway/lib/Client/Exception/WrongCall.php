<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The site made a mistake: its key, its rights or its request. */
final class WrongCall extends Refused
{
}
