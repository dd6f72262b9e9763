<?php

declare(strict_types=1);

namespace Bitrix\Main;

/**
 * @extends \ArrayObject<int, Error>
 */
final class ErrorCollection extends \ArrayObject
{
    /**
     * @return list<Error>
     */
    public function toArray(): array
    {
        return array_values($this->getArrayCopy());
    }

    public function getErrorByCode(int|string $code): ?Error
    {
        foreach ($this as $error) {
            if ($error->getCode() === $code) {
                return $error;
            }
        }

        return null;
    }
}
