<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

final class DateTime extends Date
{
}
