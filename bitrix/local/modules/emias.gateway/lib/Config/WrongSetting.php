<?php

declare(strict_types=1);

namespace Emias\Gateway\Config;

use InvalidArgumentException;

/** An option that cannot be what was given; the message is its name. */
final class WrongSetting extends InvalidArgumentException
{
}
