<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The hold is over. */
final class HoldLost extends Refused
{
}
