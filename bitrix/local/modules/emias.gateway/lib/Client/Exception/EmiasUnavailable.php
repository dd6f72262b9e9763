<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** EMIAS cannot be asked now; nothing was sent to it. */
final class EmiasUnavailable extends Refused
{
}
